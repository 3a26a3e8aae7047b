internal import ToolSupport

/// How many lanes the descriptor limit allows: one socket each, besides what the process and its loops hold.
enum LaneLimit {
  /// Standard streams, libraries, report files, children's pipes, the resolver's threads.
  static let reserve = 64
  /// epoll or kqueue, the alarm, and the bell, which is a pipe on macOS.
  static let perThread = 4

  static func maximum(descriptors: Int, threads: Int) -> Int {
    max(1, descriptors &- reserve &- threads &* perThread)
  }

  /// - Throws: a usage error that names the limit, the need and the command.
  static func check(concurrency: Int, descriptors: Int, threads: Int) throws(ToolFailure) {
    guard concurrency > maximum(descriptors: descriptors, threads: threads) else { return }
    let need = concurrency &+ reserve &+ threads &* perThread
    throw .usage(
      "-c \(concurrency) needs \(need) open files and the limit is \(descriptors): "
        + "run `ulimit -n \(need)` first, or lower -c")
  }
}
