namespace FaceAspire.Vision.Detection;

/// <summary>An upright rectangle in pixels, x right, y down; may stick out of the picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width, not negative.</param>
/// <param name="Height">Height, not negative.</param>
public readonly record struct FaceBox(float X, float Y, float Width, float Height)
{
    /// <summary>Right edge.</summary>
    public float Right => X + Width;

    /// <summary>Lower edge.</summary>
    public float Bottom => Y + Height;

    /// <summary>Width × height.</summary>
    public float Area => Width * Height;

    /// <summary>Intersection over union with another box, 0 to 1; 0 when neither has an area.</summary>
    public float Iou(FaceBox other)
    {
        float width = Math.Min(Right, other.Right) - Math.Max(X, other.X);
        float height = Math.Min(Bottom, other.Bottom) - Math.Max(Y, other.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float intersection = width * height;
        return intersection / (Area + other.Area - intersection);
    }
}
