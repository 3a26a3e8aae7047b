internal import ToolSupport

/// How many lanes the descriptor limit allows, besides what the process and its loops hold: one socket each, or more where
/// a lane goes from host to host (`LoadPlan.socketsPerLane`).
enum LaneLimit {
  /// Standard streams, libraries, report files, children's pipes, the resolver's threads.
  static let reserve = 64
  /// epoll or kqueue, the alarm, and the bell, which is a pipe on macOS.
  static let perThread = 4

  static func maximum(descriptors: Int, threads: Int, sockets: Int = 1) -> Int {
    max(1, (descriptors &- reserve &- threads &* perThread) / max(1, sockets))
  }

  /// - Parameter sockets: of a lane.
  /// - Throws: a usage error that names the limit, the need and the command.
  static func check(concurrency: Int, descriptors: Int, threads: Int, sockets: Int = 1) throws(ToolFailure) {
    guard concurrency > maximum(descriptors: descriptors, threads: threads, sockets: sockets) else { return }
    let need = concurrency &* sockets &+ reserve &+ threads &* perThread
    let why = sockets > 1 ? ", \(sockets) for each lane, which goes from host to host," : ""
    throw .usage(
      "-c \(concurrency) needs \(need) open files\(why) and the limit is \(descriptors): "
        + "run `ulimit -n \(need)` first, or lower -c")
  }
}
