import LambdaEmulator
import ToolSupport

@main enum Main {
  static func main() async {
    await ToolMain.run(GzlambdaCommand.self, name: "gzlambda", arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
