namespace FaceAspire.Vision.Detection;

/// <summary>A place where one of dlib's detectors sees a face.</summary>
/// <param name="Rectangle">In pixels of the picture.</param>
/// <param name="Score">Above the detector's threshold; no probability.</param>
internal readonly record struct DlibCandidate(DlibRectangle Rectangle, float Score);
