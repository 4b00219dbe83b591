namespace FaceAspire.Contracts.Models;

/// <summary>The crop that a network wants of every face. Part of the call to Detection, so that nobody else sees the picture.</summary>
/// <param name="Geometry">Which transform.</param>
/// <param name="Width">Pixels across; 0 for the face's own size (<see cref="CropGeometry.Eyes"/> only).</param>
/// <param name="Height">Pixels down; 0 for the face's own size (<see cref="CropGeometry.Eyes"/> only).</param>
/// <param name="Margin">What the crop shows, as a multiple of the box's longer side (<see cref="CropGeometry.Square"/>), of its sides (<see cref="CropGeometry.Surroundings"/>, <see cref="CropGeometry.Box"/>) or of what the template shows
/// (<see cref="CropGeometry.FivePoint"/>, <see cref="CropGeometry.Dlib"/>); nothing else has one.</param>
public sealed record CropRecipe(CropGeometry Geometry, int Width, int Height, float Margin = 1);
