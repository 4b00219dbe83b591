namespace FaceAspire.Vision.Imaging;

/// <summary>How a pixel between pixels is made.</summary>
public enum Interpolation
{
    /// <summary>Two by two neighbours; fine for enlarging and for moderate shrinking.</summary>
    Bilinear,

    /// <summary>Four by four neighbours, Keys' kernel with a = −0.75 as in OpenCV.</summary>
    Bicubic,

    /// <summary>The mean of the area that the pixel covers; for shrinking.</summary>
    Area,
}
