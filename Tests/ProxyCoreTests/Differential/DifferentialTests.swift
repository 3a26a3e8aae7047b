import TestSupport
import Testing

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Our reading of a message against NIO's llhttp and Python's h11: nothing that one of them refuses may be taken, and what
/// is taken must mean the same to all, but for the tables in `Differences`.
///
/// `GZPROXY_DIFFERENTIAL=1000000` compares that many messages, and new ones each time.
@Suite struct DifferentialTests {
  private static let script = #filePath.replacing("DifferentialTests.swift", with: "read-with-h11.py")

  private struct Tally {
    var all = 0
    var acceptedByAll = 0
    var accepted: [String: Int] = [:]
    var classes: [String: Int] = [:]
    var unlisted: [String] = []

    mutating func add(_ comparison: Comparison) {
      all += 1
      if comparison.isAcceptedByAll { acceptedByAll += 1 }
      for (name, verdict) in [("ours", comparison.ours), ("llhttp", comparison.nio), ("h11", comparison.h11)] {
        if verdict.meaning?.body == .whole { accepted[name, default: 0] += 1 }
      }
      for finding in comparison.findings {
        let listed =
          finding == .strict
          ? Differences.Strict.of(comparison)?.rawValue : Differences.Lenient.of(comparison, finding)?.rawValue
        if let listed {
          classes["\(finding == .strict ? "only ours refuses" : "ours is right") | \(listed)", default: 0] += 1
        } else {
          unlisted.append(
            "\(finding): \(comparison.message.kind) \(comparison.message.text)\n  ours \(comparison.ours)"
              + "\n  llhttp \(comparison.nio)\n  h11 \(comparison.h11)")
        }
      }
    }

    var text: String {
      let shares = ["ours", "llhttp", "h11"].map { "\($0) \(accepted[$0, default: 0] * 100 / max(1, all)) %" }
      let head =
        "\(all) messages; whole for \(shares.joined(separator: ", ")), all \(acceptedByAll * 100 / max(1, all)) %"
      return ([head] + classes.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }).joined(separator: "\n")
    }
  }

  @Test func aMessageMeansTheSameToAll() async throws {
    let asked = getenv("GZPROXY_DIFFERENTIAL").flatMap { Int(String(cString: $0)) }
    let tally = try await RawClient.run {
      var tally = Tally()
      let seed = asked == nil ? 1 : UInt64.random(in: .min ... .max)
      try Differential.run(asked ?? 8_000, seed: seed, script: Self.script) { tally.add($0) }
      return tally
    }
    print(tally.text)
    for finding in tally.unlisted.prefix(20) { Issue.record("\(finding)") }
    #expect(tally.unlisted.count == 0)
    // Else the generator has lost one of the two sides.
    #expect(tally.acceptedByAll * 100 >= tally.all * 20)
    #expect(tally.acceptedByAll * 100 <= tally.all * 60)
  }

  @Test(arguments: ListedForms.all)
  func listedFormsAreRefused(_ form: ListedForms.Form) {
    switch OurReading.read(form.message) {
    case .rejected: #expect(!form.isInBody)
    case .accepted(let meaning): #expect(form.isInBody && meaning.body == .faulty, "\(meaning)")
    // A head that never ends is cut off by limits and deadlines; it is not taken.
    case .incomplete: #expect(!form.message.text.contains(#"\r\n\r\n"#))
    }
  }

  /// The list of what llhttp refuses was made by running it, so it must still be true. Some of it is refused only after
  /// the head; responses with unknown codings are not refused at all, but read to the connection's end.
  @Test func llhttpRefusesWhatItIsListedFor() {
    let taken = ListedForms.all.filter { form in
      form.id == "F0" && form.message.kind == .request && NIOReading.read(form.message).meaning?.body == .whole
    }
    #expect(taken.count == 0, "\(taken)")
  }

  /// F0's last form, and F15: a message that closes is whole, and what follows it is not looked at.
  @Test func whatFollowsAClosingMessageIsNotRead() throws {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
    let meaning = try #require(OurReading.read(Message(.request, text)).meaning)
    #expect(meaning.body == .whole)
    #expect(meaning.second.elementsEqual("/".utf8))
    #expect(try !ForwardingTests.facts("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").isPersistent)
  }
}
