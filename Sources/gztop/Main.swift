internal import LambdaEmulator
internal import LoadGen
internal import Origin
internal import ProxyCore
internal import ProxyTUI
internal import ToolSupport

/// `gztop`, or one of its own children when it was started as one: the guardian of its terminal, a server of its lab.
@main
enum Main {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == GuardianRole.argument { GuardianRole.run() }
    guard let (role, rest) = ChildRole.named(in: arguments) else {
      await ToolMain.run(GztopCommand.self, name: "gztop", arguments: GztopCommand.prepared(arguments))
    }
    switch role {
    case .gzproxy: await ToolMain.run(GzproxyCommand.self, name: role.rawValue, arguments: rest)
    case .gzorigin: await ToolMain.run(GzoriginCommand.self, name: role.rawValue, arguments: rest)
    case .gzlambda: await ToolMain.run(GzlambdaCommand.self, name: role.rawValue, arguments: rest)
    }
  }
}
