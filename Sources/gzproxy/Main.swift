import ProxyCore
import ToolSupport

@main enum Main {
  static func main() async {
    await ToolMain.run(GzproxyCommand.self, name: "gzproxy", arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
