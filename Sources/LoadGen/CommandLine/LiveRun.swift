/// A run that is about to begin, for whoever sees it through.
public struct LiveRun {
  public let engine: LoadEngine
  public let plan: LoadPlan
  /// The lab that is its target, if any.
  public let lab: LabMode?
  /// What a dashboard shows of it.
  public let source: any RunSource
}
