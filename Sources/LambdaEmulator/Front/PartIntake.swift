internal import NIOCore
internal import NIOHTTP1

/// What a connection has read and not yet looked at, and the reads that bring more. Parts are taken one after the other, each when
/// its turn comes; there are never more than one read of the connection brought. On the event loop.
final class PartIntake {
  private var parts = CircularBuffer<HTTPServerRequestPart>()
  private var isTaking = false
  private var isReading = false

  var isEmpty: Bool { parts.isEmpty }

  func append(_ part: HTTPServerRequestPart) { parts.append(part) }

  func removeAll() { parts.removeAll() }

  /// Hands out parts until there is none, or `isBlocked`.
  ///
  /// - Returns: false from within `take`, where nothing is handed out: the call that is under way goes on.
  func take(unless isBlocked: () -> Bool, _ take: (HTTPServerRequestPart) -> Void) -> Bool {
    guard !isTaking else { return false }
    isTaking = true
    defer { isTaking = false }
    while !isBlocked(), let part = parts.popFirst() { take(part) }
    return true
  }

  /// Asks for a read, unless one has been asked for.
  func read(_ context: ChannelHandlerContext?) {
    guard !isReading else { return }
    isReading = true
    context?.read()
  }

  func readEnded() { isReading = false }
}
