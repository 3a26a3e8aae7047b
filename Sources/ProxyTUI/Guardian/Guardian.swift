internal import ToolSupport

/// The small child that gives the terminal back when the dashboard cannot: after SIGKILL, or a crash in the crash handler.
///
/// It is this same executable with the hidden first argument `__guardian` (the tool's main hands that to `GuardianRole`),
/// in a process group of its own, and holds nothing but the terminal and one end of a pipe.
final class Guardian {
  private let child: ChildProcess

  /// - Throws: `ToolFailure` with `couldNotRun`; the dashboard works without, so this is worth a notice and no more.
  init(executable: String) throws(ToolFailure) {
    child = try ChildProcess.start(
      executable: executable, arguments: [GuardianRole.argument], name: "the terminal's guardian", errors: .null)
  }

  func arm(settings: [UInt8], leave: [UInt8]) { child.send(GuardianWire.arm(settings: settings, leave: leave)) }
  func disarm() { child.send(GuardianWire.disarm) }
  /// For the crash handler.
  var lifeDescriptor: Int32? { child.lifeDescriptor }

  /// Nothing is left to guard.
  func dismiss() {
    disarm()
    child.end(within: .seconds(1))
  }
}
