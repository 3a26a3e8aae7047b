import Testing

@testable import ProxyTUI

@Suite struct GuardianStateTests {
  private let armed = GuardianState.Restoration(settings: Array(1...60), leave: Array("\u{1b}[?1049l".utf8))

  /// The same bytes at once and one by one.
  private func restoration(_ bytes: [UInt8]) -> GuardianState.Restoration? {
    var whole = GuardianState()
    whole.receive(bytes)
    var pieces = GuardianState()
    for byte in bytes { pieces.receive([byte]) }
    #expect(whole.restoration == pieces.restoration)
    return whole.restoration
  }

  private var arm: [UInt8] { GuardianWire.arm(settings: armed.settings, leave: armed.leave) }

  @Test func nothingSaidIsNothingDone() { #expect(restoration([]) == nil) }
  @Test func anArmedGuardianRestores() { #expect(restoration(arm) == armed) }
  @Test func aDisarmedOneDoesNot() { #expect(restoration(arm + GuardianWire.disarm) == nil) }
  @Test func itCanBeArmedAgain() { #expect(restoration(arm + GuardianWire.disarm + arm) == armed) }

  @Test func aTornFrameWasNeverSaid() {
    for count in 0..<arm.count { #expect(restoration(Array(arm.prefix(count))) == nil) }
    #expect(restoration(arm + GuardianWire.disarm.prefix(2)) == armed)
  }

  @Test(arguments: [
    [UInt8(ascii: "X"), 0, 0], [UInt8(ascii: "A"), 0xff, 0xff], [UInt8(ascii: "A"), 1, 0, 0],
    [UInt8(ascii: "A"), 3, 0, 9, 0, 1],
  ])
  func junkIsNotObeyed(_ junk: [UInt8]) {
    #expect(restoration(junk) == nil)
    #expect(restoration(arm + junk) == nil)
    #expect(restoration(junk + arm) == nil)
  }

  @Test func whatDoesNotFitIsNotSent() {
    #expect(GuardianWire.arm(settings: [], leave: Array(repeating: 1, count: 1023)) == GuardianWire.disarm)
    let largest = GuardianWire.arm(settings: [1], leave: Array(repeating: 1, count: 1021))
    #expect(restoration(largest)?.leave.count == 1021)
  }
}
