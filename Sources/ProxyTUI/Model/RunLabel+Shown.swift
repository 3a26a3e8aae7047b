internal import LoadGen

extension RunLabel {
  /// Of what is only shown.
  init(shown run: any ShownRun) { self.init(target: run.title, load: run.facts) }
}
