internal import CSplice
internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A pipe that bytes of one body pass through on their way from socket to socket, without coming into user space.
///
/// Owns its two descriptors. Knows what it holds, because whoever gives it back must not leave another's bytes in it.
final class Pipe {
  /// What became of one attempt to move bytes.
  enum Move: Equatable {
    case moved(Int)
    /// The source has nothing now, or the destination no room.
    case wouldBlock
    /// The source has ended.
    case ended
    case failed
  }

  /// Bytes, as the kernel says: never what was asked for.
  let capacity: Int
  private(set) var held = 0
  /// It did not behave as pipes do: nobody may use it again.
  private(set) var isBroken = false
  private let readEnd: CInt
  private let writeEnd: CInt

  /// Nil where the system has no such pipes, or none left.
  init?(capacity wanted: Int) {
    var ends: (CInt, CInt) = (-1, -1)
    let got = withUnsafeMutablePointer(to: &ends) { pointer in
      pointer.withMemoryRebound(to: CInt.self, capacity: 2) { csplice_pipe($0, CInt(clamping: wanted)) }
    }
    guard got > 0 else { return nil }
    (readEnd, writeEnd) = ends
    capacity = got
  }

  deinit {
    _ = close(readEnd)
    _ = close(writeEnd)
  }

  /// What it can still take, at most: many small pieces fill it earlier.
  var room: Int { capacity - held }

  /// Copies bytes in, ahead of what follows by `fill`. False when it did not take all of them; then it took none.
  func put(_ bytes: ByteBuffer) -> Bool {
    // A pipe takes a page or less at once or not at all (pipe(7), PIPE_BUF).
    guard held == 0, bytes.readableBytes <= Self.putLimit else { return false }
    let count = bytes.withUnsafeReadableBytes { write(writeEnd, $0.baseAddress, $0.count) }
    guard count == bytes.readableBytes else { return false }
    held += count
    return true
  }

  /// The most that `put` takes.
  static let putLimit = 4096

  /// Takes up to `count` bytes out of a socket.
  func fill(from socket: CInt, count: Int) -> Move {
    let move = Self.outcome(csplice_move(socket, writeEnd, min(count, room)))
    if case .moved(let count) = move { held += count }
    return move
  }

  /// Gives what it holds to a socket, as far as that takes it.
  func empty(into socket: CInt) -> Move {
    let move = Self.outcome(csplice_move(readEnd, socket, held))
    if case .moved(let count) = move { held -= count }
    return move
  }

  /// Takes up to `maximum` of the bytes it holds back into user space.
  func read(_ maximum: Int) -> ByteBuffer {
    var buffer = ByteBuffer()
    let wanted = min(maximum, held)
    guard wanted > 0 else { return buffer }
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
      var count = 0
      while count < wanted {
        let got = Self.read(readEnd, UnsafeMutableRawBufferPointer(rebasing: space[count..<wanted]))
        guard got > 0 else { break }
        count += got
      }
      held -= count
      return count
    }
    return buffer
  }

  /// What it still holds is lost.
  func giveUp() {
    isBroken = true
    held = 0
  }

  private static func read(_ descriptor: CInt, _ space: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, space.baseAddress, space.count)
      #else
        let count = Darwin.read(descriptor, space.baseAddress, space.count)
      #endif
      if count < 0, errno == EINTR { continue }
      return count
    }
  }

  private static func outcome(_ result: Int) -> Move {
    if result > 0 { return .moved(result) }
    if result == 0 { return .ended }
    return -result == Int(EAGAIN) ? .wouldBlock : .failed
  }
}
