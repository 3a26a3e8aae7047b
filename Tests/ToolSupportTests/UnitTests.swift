import Testing
import ToolSupport

@Suite struct UnitTests {
  @Test(
    arguments: [
      ("0", 0), ("4096", 4096), ("64KiB", 65_536), ("8MiB", 8_388_608), ("5GiB", 5_368_709_120), ("1.5MB", 1_500_000),
      ("2k", 2048), ("1TiB", 1_099_511_627_776), ("10kb", 10_000), ("7B", 7), ("1gb", 1_000_000_000),
    ] as [(String, Int64)])
  func sizes(text: String, bytes: Int64) {
    #expect(ByteSize(argument: text)?.bytes == bytes)
  }

  @Test(arguments: ["", "-1", "MiB", "1XB", "1 MiB", "1e9", "9999999TiB", "..", "1.2.3", "١٢"])
  func noSizes(text: String) {
    #expect(ByteSize(argument: text) == nil)
  }

  @Test func sizeReadsBackWhatItPrints() {
    for bytes in [0, 1, 1023, 1024, 131_072, 1500, 3 << 30, 5 << 40] as [Int64] {
      #expect(ByteSize(argument: HumanText.exactSize(bytes))?.bytes == bytes)
    }
    #expect(ByteSize(bytes: -5).bytes == 0)
  }

  @Test(
    arguments: [
      ("0", 0), ("200ms", 200_000_000), ("30s", 30_000_000_000), ("1m30s", 90_000_000_000), ("1h", 3_600_000_000_000),
      ("1.5s", 1_500_000_000), ("2min", 120_000_000_000), ("5us", 5000), ("7ns", 7), ("3µs", 3000),
    ] as [(String, Int64)])
  func durations(text: String, nanoseconds: Int64) {
    #expect(TimeSpan(argument: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: ["", "5", "-5s", "s", "5x", "1m30", "5 s", "99999999999h", "1s-"])
  func noDurations(text: String) {
    #expect(TimeSpan(argument: text) == nil)
  }

  @Test(arguments: [("1", 1), ("200", 200), ("10k", 10_000), ("1m", 1_000_000), ("1.5k", 1500)])
  func counts(text: String, value: Int) {
    #expect(StreamCount(argument: text)?.value == value)
  }

  @Test(arguments: ["", "0", "-1", "1.5", "2x", "1e3", "9999999999999m", "k"])
  func noCounts(text: String) {
    #expect(StreamCount(argument: text) == nil)
  }
}
