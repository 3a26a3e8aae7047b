import Testing
import ToolSupport

@Suite struct HumanTextTests {
  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1_048_575, "1.00 MiB"), (36_175_872, "34.5 MiB"),
      (104_857_600, "100 MiB"), (Int64.max, "8192 PiB"),
    ] as [(Int64, String)])
  func sizes(bytes: Int64, text: String) {
    #expect(HumanText.size(bytes) == text)
  }

  @Test(
    arguments: [
      (0, "0s"), (0.00087, "870us"), (0.0123, "12.3ms"), (0.9999, "1s"), (4.56, "4.56s"), (59.96, "1m00s"),
      (125, "2m05s"), (3599.9, "1h00m"), (3720, "1h02m"), (-1, "-"), (.nan, "-"), (.infinity, "-"),
    ] as [(Double, String)])
  func durations(seconds: Double, text: String) {
    #expect(HumanText.duration(seconds) == text)
  }

  @Test func rates() {
    #expect(HumanText.rate(1_572_864) == "1.50 MiB/s")
    #expect(HumanText.rate(.nan) == "0 B/s")
    #expect(HumanText.rate(-3) == "0 B/s")
    #expect(HumanText.rate(1e300).hasSuffix("PiB/s"))
  }

  @Test func groups() {
    #expect(HumanText.grouped(0) == "0")
    #expect(HumanText.grouped(999) == "999")
    #expect(HumanText.grouped(1_234_567) == "1,234,567")
    #expect(HumanText.grouped(-1000) == "-1,000")
    #expect(HumanText.grouped(Int.min).hasPrefix("-9,223"))
  }

  @Test func fixedDecimals() {
    #expect(HumanText.fixed(1.005, 1) == "1.0")
    #expect(HumanText.fixed(-0.04, 1) == "0.0")
    #expect(HumanText.fixed(-2.5, 0) == "-3")
    #expect(HumanText.fixed(.infinity, 2) == "-")
    #expect(HumanText.padded(7, 3) == "007")
    #expect(HumanText.padded(1234, 3) == "1234")
  }
}
