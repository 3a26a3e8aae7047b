import ProxyTUI
import ToolSupport

@main enum Main {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == GuardianRole.argument { GuardianRole.run() }
    DescriptorLimit.raise()
    await ToolMain.run(GztopCommand.self, name: "gztop", arguments: arguments)
  }
}
