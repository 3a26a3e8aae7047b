internal import NIOCore

/// The pipes of one event loop. A stream has one only while bytes of it are inside; the others lie here.
///
/// Bounded by the server's limit, loops together. A pipe costs two descriptors, which are counted, and kernel memory only for
/// what it holds; but the kernel counts what it could hold against the user's budget, and past that budget hands out
/// pipes of a page or two. Those are useless here: they are closed, and no more are asked for until some time has passed.
final class PipePool {
  /// Asked for. Larger ones gain a tenth at most, smaller ones lose as much.
  static let capacity = 256 * 1024
  /// A smaller pipe costs more calls than the copies it saves.
  static let smallestUseful = 64 * 1024
  private static let pause = Duration.seconds(1)

  private let shared: SharedState
  private var idle: [Pipe] = []
  /// When the kernel last had no useful one.
  private var refusedAt: NIODeadline?

  init(shared: SharedState) { self.shared = shared }

  /// Nil where there is none to be had; the copy relay serves then.
  func take(at now: NIODeadline) -> Pipe? {
    if let pipe = idle.popLast() { return pipe }
    if let refusedAt, !refusedAt.isOlder(than: Self.pause, at: now) { return nil }
    guard shared.claimPipe() else { return nil }
    if let pipe = Pipe(capacity: Self.capacity), pipe.capacity >= Self.smallestUseful { return pipe }
    shared.releasePipe()
    refusedAt = now
    return nil
  }

  /// A pipe that still holds bytes of a stream that is over goes for good.
  func giveBack(_ pipe: Pipe) {
    if pipe.held == 0, !pipe.isBroken { idle.append(pipe) } else { shared.releasePipe() }
  }

  var idleCount: Int { idle.count }

  /// Nothing needs them: their descriptors may be of use to somebody else.
  func closeIdle() {
    for _ in idle { shared.releasePipe() }
    idle.removeAll()
  }
}
