import Origin
import ToolSupport

@main enum Main {
  static func main() async {
    await ToolMain.run(GzoriginCommand.self, name: "gzorigin", arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
