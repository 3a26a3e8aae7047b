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
  private let readEnd: CInt
  private let writeEnd: CInt

  /// Nil where the system has no such pipes, or none left.
  init?(capacity wanted: Int) {
    var ends: (CInt, CInt) = (-1, -1)
    let got = withUnsafeMutableBytes(of: &ends) { bytes in
      csplice_pipe(bytes.assumingMemoryBound(to: CInt.self).baseAddress!, CInt(clamping: wanted))
    }
    guard got > 0 else { return nil }
    (readEnd, writeEnd) = ends
    capacity = got
  }

  deinit {
    _ = close(readEnd)
    _ = close(writeEnd)
  }

  /// Takes up to `count` bytes out of a socket.
  func fill(from socket: CInt, count: Int) -> Move {
    let move = Self.outcome(csplice_move(socket, writeEnd, min(count, capacity - held)))
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
