namespace FaceAspire.ModelHub;

/// <summary>A file of a model: a network's weights, or a cascade.</summary>
/// <param name="Name">A plain name without folders.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record ModelFile(string Name, string Sha256, long SizeBytes);
