internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file or stdout that is written while the run goes on, in large pieces.
///
/// Guarantees: after the first failure nothing more is tried, and what failed is kept for the end of the run; what is in the
/// buffer is written at least twice a second, so that a tool that is killed leaves a file with all but its last moments.
final class OutputFile {
  static let bufferSize = 256 * 1024
  /// Microseconds between two writes.
  static let flushInterval: Int64 = 500_000

  private let descriptor: Int32
  private let ownsDescriptor: Bool
  /// `--record FILE`, as messages name it.
  private let name: String
  private let buffer = LineBuffer(capacity: 2 * bufferSize)
  private var lastFlush: Int64 = 0
  private let outcome: OutputOutcome
  private var hasFailed = false
  /// Bytes taken so far, those in the buffer included.
  private(set) var size: Int64 = 0

  /// - Parameters:
  ///   - file: nil is stdout.
  ///   - outcome: where a failure is told.
  /// - Throws: `usage` when the file cannot be made, as for every report.
  init(file: String?, option: String, outcome: OutputOutcome) throws(ToolFailure) {
    self.outcome = outcome
    let shown = OptionText.shown(file ?? "-")
    name = "\(option) \(shown)"
    guard let file else {
      descriptor = 1
      ownsDescriptor = false
      if StandardStreams.closedAtStart.contains(1) { fail(EBADF) }
      return
    }
    guard !file.isEmpty else { throw .usage("\(option) '': no file name") }
    descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    ownsDescriptor = true
    guard descriptor >= 0 else {
      throw .usage("\(name): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    if ownsDescriptor, !isClosed { _ = systemClose(descriptor) }
  }
  private var isClosed = false

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard !hasFailed else { return }
    size &+= Int64(bytes.count)
    buffer.append(bytes.bindMemory(to: UInt8.self))
    if buffer.count >= Self.bufferSize { flush() }
  }

  /// - Parameter now: microseconds of the run.
  func settle(now: Int64) {
    guard buffer.count > 0, now &- lastFlush >= Self.flushInterval else { return }
    lastFlush = now
    flush()
  }

  /// Writes what is left. Some file systems say only now that there was no room.
  func finish() {
    flush()
    guard ownsDescriptor, !isClosed else { return }
    isClosed = true
    if systemClose(descriptor) != 0, !hasFailed { fail(errno) }
  }

  /// Writes what is there now.
  func flush() {
    defer { buffer.removeAll() }
    guard !hasFailed else { return }
    var rest = buffer.bytes
    while let base = rest.baseAddress, rest.count > 0 {
      let count = systemWrite(descriptor, base, rest.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&poller, 1, 1000)
        continue
      }
      guard count > 0 else { return fail(errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private func fail(_ code: Int32) {
    hasFailed = true
    outcome.set(code == EPIPE ? .brokenPipe : .unwritable(Self.text(name, code)))
  }

  private static func text(_ name: String, _ code: Int32) -> String {
    "\(name): not all of it was written: \(String(cString: strerror(code)))"
  }
}

private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, base, count)
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
