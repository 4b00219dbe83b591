using System.Numerics;
using FaceAspire.Vision.Detection;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>A labelled face, in pixels of the upright picture.</summary>
/// <param name="Box">Its bounding box.</param>
/// <param name="Landmarks">Right eye, left eye, nose, right and left mouth corner; empty where they are not labelled.</param>
internal sealed record LabelledBox(FaceBox Box, IReadOnlyList<Vector2> Landmarks)
{
    /// <summary>How far landmarks lie from the labelled ones: the mean of the distances, as a part of the distance of the labelled eyes
    /// (inter-ocular normalised mean error). Null where either has no five landmarks.</summary>
    public double? ErrorOf(IReadOnlyList<Vector2> landmarks)
    {
        if (Landmarks.Count == 0 || landmarks.Count != Landmarks.Count)
        {
            return null;
        }

        double distances = Landmarks.Zip(landmarks, Vector2.Distance).Average(static distance => (double)distance);
        return distances / Vector2.Distance(Landmarks[0], Landmarks[1]);
    }
}
