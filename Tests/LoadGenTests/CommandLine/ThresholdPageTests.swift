import ArgumentParser
import Testing

@testable import LoadGen

/// Every name that the parser of thresholds knows is told to people: in the help, and on a page with the tags.
@Suite struct ThresholdPageTests {
  private static let checkout = #filePath.replacing(/Tests\/LoadGenTests\/.*/, with: "")

  private static func page() throws -> String {
    String(decoding: try BodyFile.read("\(checkout)Docs/thresholds.md", option: "page"), as: UTF8.self)
  }

  @Test func thePageNamesEverything() throws {
    let page = try Self.page()
    #expect(ThresholdName.known.count > 15)
    for name in ThresholdName.known where !name.hasPrefix("http_") {
      #expect(page.contains("| `\(name)` |") || page.contains("`\(name)`"), "\(name)")
      let known = try #require(ThresholdName.find(name))
      for tag in known.tags { #expect(page.contains("`\(tag)`"), "\(tag)") }
      for aggregation in known.kind.aggregations {
        #expect(page.contains("`\(aggregation)`") || page.contains("`:\(aggregation)`"), "\(aggregation)")
      }
    }
    for tag in try #require(ThresholdName.find("http_502")).tags { #expect(page.contains("`\(tag)`"), "\(tag)") }
    for sign in Threshold.Comparison.allCases { #expect(page.contains("`\(sign.rawValue)`")) }
  }

  /// An example that is refused would be worse than none.
  @Test func itsExamplesAreThresholds() throws {
    let examples = try Self.page().matches(
      of: /[a-z_]+[0-9]*(\{[a-z_0-9]+\})?:?[a-z]*(\([0-9.]+\))? [<>=!]=? [0-9][^'`"]*/)
    #expect(examples.count >= 8)
    for example in examples {
      #expect(throws: Never.self, "\(example.output.0)") { try Threshold.parse(String(example.output.0)) }
    }
  }

  @Test func theHelpNamesEveryMetric() {
    let help = GzloadCommand.helpMessage()
    for name in ThresholdName.known where !name.hasPrefix("http_") { #expect(help.contains(name), "\(name)") }
    #expect(help.contains("http_400...http_599") && help.contains("p(N)"))
  }
}
