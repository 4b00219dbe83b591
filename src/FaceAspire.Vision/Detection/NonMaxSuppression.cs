namespace FaceAspire.Vision.Detection;

/// <summary>Greedy non-maximum suppression: of faces that overlap, the best stays.</summary>
public static class NonMaxSuppression
{
    /// <summary>The faces that stay, best first. A face goes when its IoU with a better one that stays is above the threshold.</summary>
    /// <param name="candidates">Faces in any order; sorted by falling confidence when this returns.</param>
    /// <param name="overlapThreshold">Largest IoU that two faces may have, 0 to 1.</param>
    /// <param name="boxOf">Gives the box on which a face's overlaps are measured.</param>
    public static List<DetectedFace> Suppress(List<DetectedFace> candidates, float overlapThreshold, Func<DetectedFace, FaceBox> boxOf)
    {
        // Ties fall by position, so that the same picture gives the same faces in the same order everywhere.
        candidates.Sort(static (a, b) =>
        {
            int byConfidence = b.Confidence.CompareTo(a.Confidence);
            int byRow = byConfidence != 0 ? byConfidence : a.Box.Y.CompareTo(b.Box.Y);
            return byRow != 0 ? byRow : a.Box.X.CompareTo(b.Box.X);
        });
        List<DetectedFace> kept = [];
        List<FaceBox> keptBoxes = [];
        foreach (var face in candidates)
        {
            var box = boxOf(face);
            if (!Overlaps(keptBoxes, box, overlapThreshold))
            {
                kept.Add(face);
                keptBoxes.Add(box);
            }
        }

        return kept;
    }

    private static bool Overlaps(List<FaceBox> kept, FaceBox box, float overlapThreshold)
    {
        foreach (var other in kept)
        {
            if (other.Iou(box) > overlapThreshold)
            {
                return true;
            }
        }

        return false;
    }
}
