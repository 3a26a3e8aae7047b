import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct IntroductionTests {
  /// It must stand whole on the narrowest usual screen.
  @Test(arguments: LabMode.allCases, [1, 8, 999, 100_000])
  func fitsIntoALine(_ lab: LabMode, _ lanes: Int) {
    let text = RunLabel.introduction(lab, lanes: lanes, areProven: true)
    #expect(text.utf8.count <= 78, "\(text)")
  }

  @Test func isSaidForHalfAMinuteAndNeverOverWhatIsWrong() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8)
    model.label.introduction = "welcome"
    #expect(DetailLine.message(model)?.text == "welcome")
    model.warnings = ["the lab's gzproxy has ended"]
    #expect(DetailLine.message(model)?.text == "the lab's gzproxy has ended")
    model.warnings = []
    model.label.introduction = RunLabel.introduction(.proxy, lanes: 8, areProven: true)
    for (mode, isSaid) in [(ValidationMode.full, true), (.compare, true), (.frame, false), (.off, false)] {
      model.validation = mode
      #expect((DetailLine.message(model) != nil) == isSaid)
    }
    model.validation = .full
    model.snapshot.elapsedSeconds = LoadLine.introductionSeconds + 1
    #expect(DetailLine.message(model) == nil)
  }

  @Test func whatWasSwitchedIsSaidAsLongAsItHolds() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8)
    (model.snapshot.elapsedSeconds, model.relay) = (LoadLine.introductionSeconds + 1, .auto)
    #expect(DetailLine.message(model) == nil)
    model.relay = .copy
    #expect(DetailLine.message(model)?.text == "relay: copy (r changes it)")
    model.fault = .body("cut")
    #expect(DetailLine.message(model)?.text.contains("injected: cut (! changes it)") == true)
    #expect(DetailLine.message(model)?.text.contains("relay: copy (r changes it)") == true)
  }
}
