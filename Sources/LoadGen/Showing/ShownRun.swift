/// A source that only shows: a record, somebody else's load, a proxy's own figures.
public protocol ShownRun: RunSource {
  /// Where it comes from, in a few words: `replay of run.ndjson`.
  var title: String { get }
  /// What is known of it from the start, in a few words: `200 streams, validate compare`.
  var facts: String { get }
  /// What was shown, for the normal screen when it is over: lines of at most 80 columns.
  func summary() -> String
  /// Ends what goes on in the background.
  func close()
}
