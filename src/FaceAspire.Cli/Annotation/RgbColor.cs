namespace FaceAspire.Cli.Annotation;

/// <summary>A colour, one byte a channel.</summary>
internal readonly record struct RgbColor(byte Red, byte Green, byte Blue);
