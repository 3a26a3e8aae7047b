internal import LambdaEmulator
internal import LoadGen
internal import Origin
internal import ProxyCore
internal import ToolSupport

/// `gzload`, or a server of its own lab when it was started as one (see `ChildRole`).
@main
enum Main {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let (role, rest) = ChildRole.named(in: arguments) else {
      let selected = GzloadCommand.selected(arguments)
      await ToolMain.run(selected.command, name: selected.name, arguments: selected.arguments)
    }
    switch role {
    case .gzproxy: await ToolMain.run(GzproxyCommand.self, name: role.rawValue, arguments: rest)
    case .gzorigin: await ToolMain.run(GzoriginCommand.self, name: role.rawValue, arguments: rest)
    case .gzlambda: await ToolMain.run(GzlambdaCommand.self, name: role.rawValue, arguments: rest)
    }
  }
}
