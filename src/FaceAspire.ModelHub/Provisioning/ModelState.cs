namespace FaceAspire.ModelHub.Provisioning;

/// <summary>Where a model is.</summary>
/// <param name="Name"><c>present</c>, <c>downloading</c>, <c>converting</c> or <c>missing</c>.</param>
/// <param name="Progress">Part of the file that is on its way, 0 to 1; null for other states and while its size is not known.</param>
public readonly record struct ModelState(string Name, double? Progress);
