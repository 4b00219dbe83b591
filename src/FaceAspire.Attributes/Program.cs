using FaceAspire.Attributes;
using FaceAspire.Extraction;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("attributes");
builder.AddRemoteExtraction();
builder.AddAttributes();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("attributes");
app.MapAttributes();

return await app.RunServiceAsync();
