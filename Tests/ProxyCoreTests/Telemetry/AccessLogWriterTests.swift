import Synchronization
import TestSupport
import Testing

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The writer never holds anybody up, loses nothing silently, and ends.
@Suite struct AccessLogWriterTests {
  static func line(_ number: Int) -> [UInt8] { Array("{\"n\":\(number)}\n".utf8) }

  @Test func everyLineArrivesInOrder() async throws {
    let file = try LogFile()
    let writer = try AccessLogWriter(.file(file.path))
    for number in 0..<20_000 { writer.append(Self.line(number)) }
    await writer.close(within: .seconds(10))
    #expect(writer.droppedLines == 0)
    #expect(file.text == (0..<20_000).map { "{\"n\":\($0)}\n" }.joined())
    writer.append(Self.line(1))
    #expect(writer.droppedLines == 1, "after the end nothing is taken")
  }

  /// A pipe that nobody reads: the queue fills to its limit, the rest is counted, and `close` gives up in time.
  @Test func whatDoesNotFitIsCounted() async throws {
    let path = try LogFile().path + ".pipe"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let writer = try AccessLogWriter(.file(path))
    let line = [UInt8](repeating: 65, count: 1023) + [10]
    let count = 4 * LineQueue.limit / line.count
    for _ in 0..<count { writer.append(line) }
    // At most the queue, the batch in hand and what the pipe holds were taken.
    #expect(writer.droppedLines > 0 && writer.droppedLines < count)
    let clock = ContinuousClock()
    let began = clock.now
    await writer.close(within: .milliseconds(50))
    #expect(clock.now - began < .seconds(20))
    // Read after all, the rest arrives, and every line is accounted for.
    let total = count
    let received = try await blocking {
      var received = 0
      var space = [UInt8](repeating: 0, count: 65536)
      while received < (total - Int(writer.droppedLines)) * 1024 {
        var poller = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 10_000) > 0 else { break }
        received += max(0, read(reader, &space, space.count))
      }
      return received
    }
    #expect(received == (count - Int(writer.droppedLines)) * 1024)
  }

  @Test func aPipeWithoutAReaderIsRefused() throws {
    let path = try LogFile().path + ".pipe"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    #expect(throws: (any Error).self) { try AccessLogWriter(.file(path)) }
  }

  @Test func aReaderThatLeavesCostsOnlyItsLines() async throws {
    let path = try LogFile().path + ".pipe"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    let writer = try AccessLogWriter(.file(path))
    close(reader)
    writer.append(Self.line(1))
    #expect(await eventually { writer.droppedLines == 1 })
    await writer.close(within: .seconds(5))
  }

  @Test func aFileThatWasMovedAwayIsOpenedAnew() async throws {
    let file = try LogFile()
    let moved = file.path + ".1"
    defer { unlink(moved) }
    let writer = try AccessLogWriter(.file(file.path))
    writer.append(Self.line(1))
    #expect(await eventually { file.text == "{\"n\":1}\n" })
    #expect(rename(file.path, moved) == 0)
    writer.reopen()
    #expect(await eventually { access(file.path, F_OK) == 0 })
    writer.append(Self.line(2))
    await writer.close(within: .seconds(5))
    #expect(file.text == "{\"n\":2}\n")
  }
}
