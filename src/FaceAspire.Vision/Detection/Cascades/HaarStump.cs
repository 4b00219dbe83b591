namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>A weak classifier: one feature, one threshold.</summary>
/// <param name="First">Its first rectangle.</param>
/// <param name="Second">Its second rectangle.</param>
/// <param name="Third">Its third rectangle, often none.</param>
/// <param name="IsTilted">Whether the rectangles stand on a corner, turned by 45 degrees.</param>
/// <param name="Threshold">Compared with the weighted sum over the window's standard deviation.</param>
/// <param name="Below">Vote of a window below the threshold.</param>
/// <param name="Above">Vote of every other window.</param>
public readonly record struct HaarStump(HaarRectangle First, HaarRectangle Second, HaarRectangle Third, bool IsTilted, float Threshold, float Below, float Above);
