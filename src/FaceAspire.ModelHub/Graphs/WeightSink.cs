namespace FaceAspire.ModelHub.Graphs;

/// <summary>Takes the next numbers of a constant, in ONNX's order.</summary>
public delegate void WeightSink(ReadOnlySpan<float> numbers);
