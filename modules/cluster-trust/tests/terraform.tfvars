clusters = {
  apps  = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
  batch = "https://oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222"
}
