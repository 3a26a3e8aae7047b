import Testing

@testable import LoadGen

/// When bytes came, in a memory that does not grow.
@Suite struct ArrivalStripTests {
  @Test func arrivalsFallIntoTheirSlots() {
    var strip = ArrivalStrip()
    #expect(strip.bytes.isEmpty)
    strip.add(5, at: -3)
    strip.add(7, at: 999)
    strip.add(1, at: 1000)
    strip.add(2, at: 5000)
    #expect(strip.slotLength == 1000)
    #expect(strip.bytes == [12, 1, 0, 0, 0, 2])
  }

  @Test func slotsDoubleAndNoByteIsLost() {
    var strip = ArrivalStrip()
    var sum: Int64 = 0
    for step in 0..<2000 as Range<Int64> {
      strip.add(step, at: step * 777)
      sum += step
      #expect(strip.bytes.count <= ArrivalStrip.slots)
      #expect(strip.bytes.reduce(0, +) == sum)
    }
    // 1.55 seconds in 64 slots of 32 ms.
    #expect(strip.slotLength == 32_000)
    #expect(strip.bytes.count == Int(1999 * 777 / 32_000) + 1)
    strip.add(1, at: 3_600_000_000)
    #expect(strip.bytes.reduce(0, +) == sum + 1)
    #expect(strip.bytes.last == 1 && strip.bytes.count <= ArrivalStrip.slots)
  }

  @Test func anOddNumberOfSlotsIsHalved() {
    var strip = ArrivalStrip()
    for slot in 0..<3 as Range<Int64> { strip.add(1 << slot, at: slot * 1000) }
    strip.add(100, at: 64_000)
    #expect(strip.slotLength == 2000)
    #expect(strip.bytes.prefix(2) == [3, 4] && strip.bytes.count == 33 && strip.bytes.last == 100)
  }

  @Test func anotherStreamBeginsWithNothing() {
    var strip = ArrivalStrip()
    strip.add(1, at: 1_000_000)
    strip.reset()
    #expect(strip == ArrivalStrip())
    #expect(strip.bytes.capacity >= ArrivalStrip.slots)
  }
}
