import Testing

@testable import LoadGen

@Suite struct TemplateTests {
  private func filled(_ text: String, seed: UInt64 = 1, stream: Int = 7) throws -> String {
    var position = 0
    return try Template(text.utf8, position: &position).text(seed: seed, stream: stream)
  }

  @Test(arguments: [
    ("/a/{seq}", "/a/7"), ("{seq}{seq}", "77"), ("{\"id\":{seq}}", "{\"id\":7}"), ("/{rand:1}/", "/0/"),
    // What is none stays as it is.
    ("/{id}/{}/{seq", "/{id}/{}/{seq"), ("{SEQ}", "{SEQ}"), ("{seq }", "{seq }"), ("}{", "}{"), ("", ""),
    // How a placeholder itself is written.
    ("{{seq}}", "{seq}"), ("{{uuid}}", "{uuid}"), ("{{rand:x}}", "{rand:x}"), ("{{id}}", "{{id}}"),
    ("{{seq}", "{7"), ("{{{seq}}}", "{{seq}}"), ("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}"), ("é{seq}é", "é7é"),
  ])
  func filledIn(_ text: String, _ expected: String) throws { #expect(try filled(text) == expected) }

  @Test func onlyPlaceholdersVary() throws {
    for (text, varies) in [("/a", false), ("{{seq}}", false), ("{id}", false), ("{seq}", true), ("{rand:9}", true)] {
      var position = 0
      #expect(try Template(text.utf8, position: &position).varies == varies)
    }
  }

  @Test func uuidsAreOfVersion4AndDiffer() throws {
    var seen: Set<String> = []
    for stream in 1...500 {
      let text = try filled("{uuid} {uuid}", stream: stream)
      for uuid in text.split(separator: " ").map(String.init) {
        #expect(uuid.count == 36)
        let groups = uuid.split(separator: "-").map(String.init)
        #expect(groups.map(\.count) == [8, 4, 4, 4, 12])
        #expect(groups[2].hasPrefix("4") && ["8", "9", "a", "b"].contains(groups[3].prefix(1)))
        #expect(uuid.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        seen.insert(uuid)
      }
    }
    #expect(seen.count == 1000)
  }

  @Test func theSameSeedAndStreamGiveTheSame() throws {
    let text = "{uuid}-{rand:1000000000}"
    #expect(try filled(text) == filled(text))
    #expect(try filled(text) != filled(text, seed: 2))
    #expect(try filled(text) != filled(text, stream: 8))
  }

  @Test func randomNumbersAreUniform() {
    var counts = [Int](repeating: 0, count: 10)
    for stream in 1...100_000 {
      counts[Int(StreamRandom.below(10, seed: 3, stream: stream, position: 0))] += 1
    }
    // Five standard deviations are 475.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    #expect(StreamRandom.below(0, seed: 1, stream: 1, position: 1) == 0)
    // A bound for which nearly every second draw is refused.
    let bound = (UInt64(1) << 63) + 1
    for stream in 1...1000 {
      #expect(StreamRandom.below(bound, seed: 1, stream: stream, position: 0) < bound)
    }
  }

  @Test(arguments: ["{rand:0}", "{rand:}", "{rand:-1}", "{rand:x}", "{rand:99999999999999999999}"])
  func randomNumbersNeedABound(_ text: String) throws {
    let fault = #expect(throws: TemplateFault.self) { try filled("/" + text) }
    #expect(
      fault?.reason
        == "\(text) needs a whole number from 1, as in {rand:1000}; for the text itself write {\(text)}")
  }
}
