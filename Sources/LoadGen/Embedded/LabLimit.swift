internal import ToolSupport

/// How many lanes the lab's proxy takes: each holds a connection of ours and one to the origin there, so that it runs out of
/// descriptors long before the tester does, and what it answers then would look like a target's failure.
enum LabLimit {
  static let perLane = 2
  /// Standard streams, pipes, libraries, its answers that there are none left, the connections that ask for its memory.
  static let reserve = 80
  /// Event loop, wakeup and listener of a loop; the proxy has one a core.
  static let perLoop = 6

  /// - Parameters:
  ///   - concurrency: lanes of the tester.
  ///   - function: invocations at once, where the lab is a function: gzlambda and its runtime hold two sockets each for every
  ///     one, a worker that waits included.
  /// - Throws: a usage error that names the limit, the need and the command.
  static func check(
    concurrency: Int, function: Int? = nil, descriptors: Int, cores: Int = ProcessUse.cores
  ) throws(ToolFailure) {
    let need = max(concurrency, function ?? 0) &* perLane &+ reserve &+ cores &* perLoop
    guard need > descriptors else { return }
    if let function, function > concurrency {
      throw .usage(
        "--lab-concurrency \(function): the lab's function needs \(need) open files, two an invocation, and the limit is "
          + "\(descriptors): run `ulimit -n \(need)` first, or give a smaller --lab-concurrency")
    }
    throw .usage(
      "-c \(concurrency): with --embedded the lab's proxy needs \(need) open files, two a stream, and the limit is "
        + "\(descriptors): run `ulimit -n \(need)` first, or lower -c")
  }
}
