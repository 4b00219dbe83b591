namespace FaceAspire.Contracts.Models;

/// <summary>Order of the channels at a network's input.</summary>
public enum ColorOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,

    /// <summary>One channel of luma: 0.299 R + 0.587 G + 0.114 B.</summary>
    Gray,
}
