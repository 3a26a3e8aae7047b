import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What Python's h11 makes of messages: a child that reads them from a socket, length-prefixed, and answers on it.
///
/// A batch is sent whole before its answers are read, and the child reads it whole before it answers, so neither can wait
/// for the other.
final class H11Reading {
  struct Failure: Error, CustomStringConvertible { let description: String }

  private static let python = "/usr/bin/python3"
  private let socket: Int32
  private let child: ChildProcess

  init(script: String) throws {
    var pair: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let status = socketpair(AF_UNIX, SOCK_STREAM, 0, &pair)
    #else
      let status = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair)
    #endif
    guard status == 0 else { throw Failure(description: "socketpair: \(errno)") }
    for descriptor in pair { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    socket = pair[0]
    // A child that hangs fails the test instead of holding it up.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    signal(SIGPIPE, SIG_IGN)
    defer { close(pair[1]) }
    do {
      child = try ChildProcess.start(
        executable: Self.python, arguments: [script], name: "h11", thirdDescriptor: pair[1])
    } catch {
      close(pair[0])
      throw error
    }
  }

  deinit { close(socket) }

  func send(_ batch: [Message]) throws {
    var out: [UInt8] = []
    Self.put(batch.count, &out)
    for message in batch {
      out.append(message.kind.rawValue)
      Self.put(message.bytes.count, &out)
      out += message.bytes
    }
    var sent = 0
    while sent < out.count {
      let count = out.withUnsafeBytes { write(socket, $0.baseAddress.map { $0 + sent }, $0.count - sent) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw missing }
      sent += count
    }
  }

  func receive(_ count: Int) throws -> [Verdict] { try (0..<count).map { _ in try receiveOne() } }

  /// Verdict, first, second, version, body, data, and then names and values.
  private func receiveOne() throws -> Verdict {
    let parts = try (0..<readNumber()).map { _ in try readBytes(readNumber()) }
    func text(_ index: Int) -> String { String(decoding: parts[index], as: UTF8.self) }
    guard parts.count >= 2 else { throw missing }
    switch text(0) {
    case "rejected": return .rejected(text(1))
    case "incomplete": return .incomplete
    default:
      guard parts.count >= 6, let body = Meaning.Body(rawValue: text(4)) else { throw missing }
      let fields = stride(from: 6, to: parts.count - 1, by: 2).map {
        Meaning.Field(name: Meaning.lower(parts[$0]), value: parts[$0 + 1])
      }
      return .accepted(
        Meaning(first: parts[1], second: parts[2], version: text(3), fields: fields, body: body, data: parts[5]))
    }
  }

  private var missing: Failure {
    Failure(description: "\(Self.python) with h11 did not answer; it is in the Debian package python3-h11")
  }

  private static func put(_ number: Int, _ out: inout [UInt8]) {
    for shift in [24, 16, 8, 0] { out.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private func readNumber() throws -> Int { try readBytes(4).reduce(0) { $0 << 8 | Int($1) } }

  // Answers are small and many: one read brings many of them.
  private var ahead: [UInt8] = []
  private var position = 0

  private func readBytes(_ count: Int) throws -> [UInt8] {
    while ahead.count - position < count {
      var piece = [UInt8](repeating: 0, count: 65536)
      let received = read(socket, &piece, piece.count)
      if received < 0, errno == EINTR { continue }
      guard received > 0 else { throw missing }
      ahead.removeFirst(position)
      position = 0
      ahead += piece[..<received]
    }
    defer { position += count }
    return Array(ahead[position..<(position + count)])
  }
}
