namespace FaceAspire.Vision.Detection;

/// <summary>Reads boxes that the network has decoded itself: corners x1, y1, x2, y2 in parts of the input's sides.</summary>
internal static class RelativeBoxes
{
    private const int Corners = 4;

    /// <summary>Adds the boxes whose score is high enough.</summary>
    /// <param name="boxes">Four numbers for each box.</param>
    /// <param name="scores">As many scores for each box as there are classes; the last is the face's.</param>
    /// <param name="scoreThreshold">Lowest score that counts as a face.</param>
    /// <param name="placement">Where the picture lies in the input.</param>
    /// <param name="candidates">Receives them.</param>
    public static void Collect(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, float scoreThreshold, in InputPlacement placement, CandidateList candidates)
    {
        int count = boxes.Length / Corners;
        int classes = scores.Length / Math.Max(1, count);
        for (int i = 0; i < count; i++)
        {
            float score = scores[((i + 1) * classes) - 1];
            if (score >= scoreThreshold)
            {
                var box = boxes.Slice(i * Corners, Corners);
                var inFrame = placement.ToFrame(
                    box[0] * placement.CanvasWidth, box[1] * placement.CanvasHeight, box[2] * placement.CanvasWidth, box[3] * placement.CanvasHeight);
                candidates.Add(inFrame, score, level: 0, i);
            }
        }
    }

    /// <summary>Candidates that are faces without landmarks, in their order.</summary>
    public static List<DetectedFace> FacesOf(ReadOnlySpan<Candidate> candidates)
    {
        List<DetectedFace> faces = new(candidates.Length);
        foreach (var candidate in candidates)
        {
            faces.Add(new(candidate.Box, [], candidate.Confidence));
        }

        return faces;
    }
}
