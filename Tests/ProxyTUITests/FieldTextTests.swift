import Testing

@testable import ProxyTUI

@Suite struct FieldTextTests {
  @Test(
    arguments: [
      (0, "0B"), (999, "999B"), (1000, "0.98K"), (1024, "1.00K"), (10_000, "9.77K"), (12_345_678, "11.8M"),
      (1 << 30, "1.00G"), (1_048_575, "1.00M"), (-5, "0B"), (Int64.max, "8192P"),
    ] as [(Int64, String)])
  func sizes(_ bytes: Int64, _ text: String) { #expect(FieldText.size(bytes) == text) }

  @Test(
    arguments: [
      (0, "0us"), (0.00087, "870us"), (0.0012, "1.2ms"), (0.0123, "12ms"), (0.12, "120ms"), (0.99949, "999ms"),
      (0.9996, "1.00s"), (1.234, "1.23s"), (59.94, "59.9s"), (59.96, "1m00s"), (125, "2m05s"), (750, "12m"),
      (3720, "1h02m"), (360_000, "100h"), (.infinity, "-"), (-1, "-"), (.nan, "-"),
    ] as [(Double, String)])
  func times(_ seconds: Double, _ text: String) { #expect(FieldText.time(seconds) == text) }

  @Test func everyValueFitsItsField() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<5000 {
      let magnitude = Int64.random(in: 0...Int64.max, using: &random) >> Int64.random(in: 0...62, using: &random)
      #expect(FieldText.size(magnitude).utf8.count <= 5)
      #expect(FieldText.rate(Double(magnitude)).utf8.count <= 7)
      #expect(FieldText.time(Double(magnitude) / 1e6).utf8.count <= 5)
      for width in 4...9 { #expect(FieldText.count(Int(magnitude), width: width).utf8.count <= width) }
    }
  }

  @Test(arguments: [(1234, 5, "1,234"), (12345, 5, "12345"), (123_456, 5, "123k"), (1_234_567, 5, "1.23m")])
  func counts(_ value: Int, _ width: Int, _ text: String) { #expect(FieldText.count(value, width: width) == text) }

  @Test func oneStreamIsNotSeveral() {
    #expect(FieldText.streams(0) == "0 streams")
    #expect(FieldText.streams(1) == "1 stream")
    #expect(FieldText.streams(1234) == "1,234 streams")
  }

  @Test func clocks() {
    #expect(FieldText.clock(0) == "0:00:00")
    #expect(FieldText.clock(3725.9) == "1:02:05")
    #expect(FieldText.clock(.nan) == "0:00:00")
  }
}
