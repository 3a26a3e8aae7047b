internal import ToolSupport

/// How many lanes the lab's proxy takes: each holds a connection of ours and one to the origin there, so that it runs out of
/// descriptors long before the tester does, and what it answers then would look like a target's failure.
enum LabLimit {
  static let perLane = 2
  /// Standard streams, pipes, libraries, its answers that there are none left, the connections that ask for its memory.
  static let reserve = 80
  /// Event loop, wakeup and listener of a loop; the proxy has one a core.
  static let perLoop = 6

  /// - Throws: a usage error that names the limit, the need and the command.
  static func check(concurrency: Int, descriptors: Int, cores: Int = ProcessUse.cores) throws(ToolFailure) {
    let need = concurrency &* perLane &+ reserve &+ cores &* perLoop
    guard need > descriptors else { return }
    throw .usage(
      "-c \(concurrency): with --embedded the lab's proxy needs \(need) open files, two a stream, and the limit is "
        + "\(descriptors): run `ulimit -n \(need)` first, or lower -c")
  }
}
