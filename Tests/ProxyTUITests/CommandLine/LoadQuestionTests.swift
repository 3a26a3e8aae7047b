import LoadGen
import Testing
import ToolSupport

@testable import ProxyTUI

/// What is asked before an endless load leaves this machine.
@Suite struct LoadQuestionTests {
  private static func plan(_ urls: String...) -> LoadPlan {
    var plan = LoadPlan(urls: urls)
    plan.concurrency = 8
    return plan
  }

  @Test func onlyAnEndlessLoadOfAnotherHostIsAsked() {
    let question = LoadQuestion.text(Self.plan("http://127.0.0.1:1/a", "http://h.example:2/b"), isLab: false)
    #expect(question == "gztop: load h.example:2 with 8 lanes until quit? [y/N] ")
    for url in ["http://127.0.0.1:1/", "http://127.9.9.9/", "http://localhost/x", "http://[::1]:80/"] {
      #expect(LoadQuestion.text(Self.plan(url), isLab: false) == nil)
    }
    for url in ["http://127.0.0.1.example/", "http://10.0.0.1/", "http://[::2]/", "http://127.1/"] {
      #expect(LoadQuestion.text(Self.plan(url), isLab: false) != nil)
    }
    #expect(LoadQuestion.text(Self.plan("/gzip/8MiB"), isLab: true) == nil)
    var bounded = Self.plan("http://h/")
    bounded.streams = 5
    #expect(LoadQuestion.text(bounded, isLab: false) == nil)
    bounded.streams = nil
    bounded.duration = .seconds(5)
    #expect(LoadQuestion.text(bounded, isLab: false) == nil)
  }

  @Test func onlyAYesIsOne() throws {
    let plan = Self.plan("http://h/")
    for answer in ["y", "Y", " yes ", "YES\r"] {
      try LoadQuestion.settle(plan, isLab: false, yes: false) { _ in answer }
    }
    for answer in ["", "n", "no", "yy", "j", nil] as [String?] {
      let failure = #expect(throws: ToolFailure.self) {
        try LoadQuestion.settle(plan, isLab: false, yes: false) { _ in answer }
      }
      #expect(failure?.exit == .usage && failure?.message.contains("--yes") == true)
    }
    var asked = 0
    func ask(_ question: String) -> String? {
      asked += 1
      return "n"
    }
    try LoadQuestion.settle(plan, isLab: false, yes: true, ask: ask)
    try LoadQuestion.settle(Self.plan("http://127.0.0.1/"), isLab: false, yes: false, ask: ask)
    #expect(asked == 0)
  }
}
