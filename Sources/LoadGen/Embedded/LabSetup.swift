internal import ToolSupport

/// How the servers of a lab are started: the same for all of them, at its beginning and later.
struct LabSetup: Sendable {
  /// Invocations at once of the lab's function.
  var concurrency: Int
  var errors: ChildProcess.ErrorOutput
  /// Says how a role is started.
  var locate: @Sendable (ChildRole) -> ChildCommand?
  var readyWithin: Duration

  /// - Parameter upstream: port of the server that it stands before; nil for the origin.
  /// - Throws: `couldNotRun`, naming the child.
  func start(
    _ role: ChildRole, mode: LabMode, upstream: Int?
  ) throws(ToolFailure) -> (child: ChildProcess, port: Int, adminPort: Int?) {
    let command = try located(role)
    let runtime = role == .gzlambda ? try located(.gzproxy).forOthers : nil
    let step = LabStep(
      role, mode: mode, concurrency: concurrency, upstream: upstream.map { "http://127.0.0.1:\($0)" }, runtime: runtime)
    return try ChildProcess.startServer(
      executable: command.executable, arguments: command.leadingArguments + step.arguments, operands: step.command,
      name: role.rawValue, errors: errors, readyWithin: readyWithin, dropping: Self.ownVariables)
  }

  private func located(_ role: ChildRole) throws(ToolFailure) -> ChildCommand {
    guard let command = locate(role) else {
      throw ToolFailure(.couldNotRun, "\(role.rawValue): cannot find the path of this executable to start it from")
    }
    return command
  }

  /// The lab is the same whatever a person has set for servers of their own (`GZPROXY_CONFIG`, `GZORIGIN_LISTEN`), for an
  /// account at AWS, or where the tester itself runs on Lambda.
  private static let ownVariables = ["GZPROXY_", "GZORIGIN_", "GZLAMBDA_", "AWS_", "LAMBDA_", "_HANDLER=", "_X_AMZN_"]
}
