package demo

import "strings"

var british = culture{
	code: "GBR", name: "United Kingdom", organisation: "British Forces (fictitious)",
	headquarters: "Joint Headquarters", firstFormation: 301,
	formations: []string{"Light Brigade", "Armoured Brigade", "Signal Brigade", "Logistic Brigade", "Medical Brigade", "Engineer Brigade"},
	battalion:  "Battalion",
	given: strings.Fields(`Aileen Alasdair Alice Amelia Aneirin Angharad Aoife Archie Arthur Beatrice Bethan Bronagh Callum Catrin Charlotte
		Chloë Ciarán Clare Conor Daisy Daniel Deborah Dylan Edward Eilidh Eleanor Elin Eluned Emyr Ffion Fiona Fraser Freya Gareth Gethin
		Gordon Grace Gwenllian Hamish Hannah Harriet Henry Hywel Iain Imogen Iolo Isla Jack James Jessica Joshua Katherine Kieran Laura
		Lewis Llŷr Lucy Lùcas Malcolm Màiri Megan Mòrag Nathan Neve Niamh Nigel Oliver Oonagh Owain Patrick Phoebe Priya Rachel Rebecca
		Rhiannon Rhodri Rhŷs Robert Róisín Rosie Ruaridh Samuel Seumas Shôn Siân Sinéad Siobhán Sophie Stephen Tegwen Teresa Thomas Tomos
		Torquil Ùna Victoria Wendy William Zara Zoë Amir Anjali Dinesh Farah Imran Kwame Nadia Olufemi Parveen Sanjay Yasmin`),
	family: strings.Fields(`Abernathy Addison Ainsworth Aldridge Appleby Ashworth Atherton Attwood Barnard Beaumont Bickerstaff Birchall
		Blackwood Bletchley Bowyer Bracewell Bramley Brereton Brightwell Broadbent Buchan Burnside Calloway Carmichael Chadwick Clitheroe
		Colquhoun Copplestone Cunliffe Dalgleish Davies Drummond Dunstable Eastwood Eccleston Ellsworth Entwistle Fairclough Farquhar
		Featherstone Fotheringham Gallacher Garside Gilchrist Glendinning Goodfellow Greenhalgh Griffiths Gruffudd Gwilym Haddon Halliwell
		Hargreaves Hathaway Heathcote Hepworth Hollingworth Huxtable Ingleby Inskip Jameson Jenkinson Kavanagh Kendrick Kershaw Kilbride
		Kinnaird Langstaff Lockhart Lofthouse Longbottom Lumsden MacAskill MacDonell MacInnes MacLennan MacNèill Mainwaring Makepeace
		Marchbanks Meredith Middlewood Molyneux Moncrieff Mottram Musgrave Nettleton Northcote Oakley Ogilvie Openshaw Ormerod Osgood
		O’Dowd O’Hanlon Ó’Ceallaigh Pargeter Parsloe Pemberton Pendlebury Penhaligon Penrose Pettigrew Pickering Poulter Prendergast
		Pritchard Quigley Radcliffe Rawlinson Redfern Ridgeway Rosenthal Rowbotham Rushworth Sagar Satterthwaite Scarborough Sedgwick
		Shackleton Shuttleworth Skelton Somerville Stanbridge Sugden Sutcliffe Tattersall Thistlethwaite Tomlinson Trelawney Trevithick
		Tudor Twelvetrees Uttley Vaughan Wadsworth Wainwright Warburton Weatherby Whitcombe Whittaker Wigglesworth Winterbourne
		Wolstenholme Woodhouse Wyndham Yardley Yelland Ahmed Banerjee Chaudhry Desai Gurung Limbu Mensah Okonkwo Rai Sandhu`),
	ranks:  english,
	native: inEnglish, english: inEnglish,
	// The blocks that the regulator keeps free for drama.
	phone: func(n uint64) string {
		return spread(n, 1000, "+44 20 7946 0###", "+44 113 496 0###", "+44 117 496 0###", "+44 121 496 0###", "+44 131 496 0###",
			"+44 141 496 0###", "+44 161 496 0###", "+44 191 498 0###", "+44 28 9649 6###", "+44 29 2018 0###", "+44 7700 900###")
	},
	latin: func(s string) string { return plain(s, nil) },
}
