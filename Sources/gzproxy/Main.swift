import ProxyCore
import ToolSupport

@main enum Main {
  static func main() async {
    let arguments = LambdaCommand.arguments(Array(CommandLine.arguments.dropFirst()))
    await ToolMain.run(GzproxyCommand.self, name: "gzproxy", arguments: arguments) { message in
      await LambdaCommand.tellPlatform(message, arguments)
    }
  }
}
